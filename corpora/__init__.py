"""Plain records out of files: built-in corpora, readers and their catalogue; never seqkit."""
