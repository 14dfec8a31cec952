"""Print the heads' TypedDicts as TypeScript, a module for each Python file: `npm run check` reads them."""

from collections.abc import Mapping, Sequence
from inspect import cleandoc
from types import ModuleType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from pages.shared.wire import head
from pages.step_by_step import head as walk

NAMES = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null", Any: "any"}


def typescript(hint: Any) -> str:
    """Return the TypeScript of a type that a head is made of."""
    if hint in NAMES:
        return NAMES[hint]
    if is_typeddict(hint):
        return str(hint.__name__)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " | ".join(f'"{part}"' for part in parts)
    of = [typescript(part) for part in parts if part is not ...]
    if origin in (Union, UnionType):
        return " | ".join(dict.fromkeys(of))
    if origin is tuple and ... not in parts:
        return f"[{', '.join(of)}]"
    if origin in (list, tuple, Sequence):
        return f"Array<{of[0]}>"
    if origin in (dict, Mapping):
        return f"Record<{', '.join(of)}>"
    raise TypeError(hint)


def interface(record: Any) -> str:
    """Return a TypedDict as an interface."""
    optional = record.__optional_keys__
    rows = [f"{name}{'?' * (name in optional)}: {typescript(hint)};" for name, hint in get_type_hints(record).items()]
    doc = cleandoc(record.__doc__).replace("\n", "\n * ")
    return "\n".join([f"/** {doc} */", f"export interface {record.__name__} {{", *(f"  {row}" for row in rows), "}"])


def declared(module: ModuleType) -> str:
    """Return the records of a module; JavaScript imports them from the path of the Python file."""
    records = [interface(each) for each in vars(module).values() if is_typeddict(each)]
    return "\n".join([f'declare module "{module.__name__.replace(".", "/")}.py" {{', *records, "}"])


if __name__ == "__main__":
    print("\n".join(declared(module) for module in (head, walk)))
