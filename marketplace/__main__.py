"""`python -m marketplace`: the command without its script."""

from marketplace.cli import main

main()
