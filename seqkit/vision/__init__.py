"""Nets of images: logistic regression, MLP, CNN, ResNet and siamese nets, and their transforms.

Images are float32 tensors (B, C, Y, X): C channels, Y rows, X columns.
"""
