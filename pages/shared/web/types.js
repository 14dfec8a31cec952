// The types of what the modules hand each other.

/** @import { Landscape } from "./landscape.js" */
/** @import { Head, Run as RunHead, Surface as SurfaceHead, Told } from "./head.js" */

/** @typedef {Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>} Column */

/** @typedef {{ head: Head, columns: Record<string, Column> }} Bundle */

/** @typedef {(name: string, value: unknown) => void} Send */

/** What Plotly draws on, and what of Plotly's own is read there. @typedef {HTMLElement & { _fullLayout?: any, on?: any }} Plot */

/** @typedef {{ react: (...of: any[]) => Promise<void>, relayout: (...of: any[]) => Promise<void>, purge: (plot: Plot) => void, toImage: (plot: Plot, how: object) => Promise<string> }} Plotly */

/**
 * The theme as it is now; `of` gives a method's or a symbol's colour by its name in the style sheet.
 * @typedef {{ background: string, font: string, text: string, grid: string, cursor: string, level: string, surface: [number, string][], of: (name: string) => string }} Colours
 */

/** @typedef {() => Colours} Theme */

/** What is used of a canvas's pen; the pen that writes SVG has no sheets to lay down. @typedef {Pick<CanvasRenderingContext2D, "globalAlpha" | "lineWidth" | "strokeStyle" | "fillStyle" | "lineJoin" | "font" | "textAlign" | "textBaseline" | "beginPath" | "moveTo" | "lineTo" | "closePath" | "rect" | "arc" | "setLineDash" | "stroke" | "fill" | "fillRect" | "fillText" | "strokeText" | "measureText" | "save" | "restore" | "clip"> & Partial<Pick<CanvasRenderingContext2D, "canvas" | "drawImage" | "getTransform" | "setTransform">>} Pen */

/** @typedef {RunHead & { x: Column, y: Column, f: Column, cloud?: { paths: Column, seeds: number } }} Run */

/** @typedef {SurfaceHead & { z: Column, f: Column }} Surface */

/** Data to pixels and back, of the axes on show. @typedef {{ x: (v: number) => number, y: (v: number) => number, toX: (px: number) => number, toY: (py: number) => number, span: [number, number], window: [number, number, number, number] }} Projection */

/**
 * A view on the player's clock: `show` is given each new bundle, `hear` what the page tells.
 * @typedef {{ show: (bundle: Bundle) => void, draw: (t: number) => void, hear?: (told: Partial<Told>) => void, destroy?: () => void }} View
 */

/** @typedef {View & { on: boolean, plot: Plot, paint: (pen: Pen, t: number) => void }} ReliefView */
/** @typedef {View & { save: (kind: "png" | "svg") => void }} PictureView */
/** @typedef {{ relief: ReliefView, picture: PictureView } & Record<string, View>} Views */

/** @typedef {{ frame: HTMLElement, theme: Theme, move: (t: number) => void, send: Send, landscape: Landscape, views: Views }} Stage */

/** @typedef {(stage: Stage) => View} Maker */

/**
 * `turn` shows what the dials say, and resolves to whether it is on the screen; `seq` is the number of the turn.
 * @typedef {{ follow: (told: Told, send: Send) => void, play: (bundle: Bundle) => void, turn: (values: Record<string, string>, seq: number) => Promise<boolean>, savePicture: (kind: "png" | "svg") => void, forget: () => void, destroy: () => void }} Player
 */

/** @typedef {{ turn: (values: Record<string, number>, live: boolean) => void, forget: () => void }} Board */

export {};
