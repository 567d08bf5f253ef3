"""`python -m seqkit` is the command `seqkit`."""

from seqkit.cli.main import main

main()
