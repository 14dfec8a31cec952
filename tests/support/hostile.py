"""What a stranger may put into a link, a table or a field: texts that Markdown and HTML read as more than text."""

HOSTILE = [
    "![x](http://evil.example/p.png)",
    "[Session expired: sign in](http://evil.example)",
    "[evil]: http://evil.example",
    "<http://evil.example>",
    "http://evil.example",
    "www.evil.example",
    "me@evil.example",
    '<img src="http://evil.example/p.png">',
    '<a href="http://evil.example">evil</a>',
    "<b>evil</b>",
    ":red[evil] :material/evil: :evil:",
    "$evil^2$ **evil** `evil` ~evil~ \\evil",
    "# evil\n\n| evil |\n|---|\n| evil |",
]
