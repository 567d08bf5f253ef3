"""Text to numbers: tokenizers, vocabularies, token streams on disk, windows over them.

Import from the modules: tokenizers, words, subwords, vocabulary, scanner, streams, windows.
"""
