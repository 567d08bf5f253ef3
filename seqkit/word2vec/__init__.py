"""Training word vectors: counts, noise, the Huffman tree, and the loops on a CPU or in torch."""
