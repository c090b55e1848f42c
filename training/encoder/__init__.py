"""Compiles a sentence-transformers model into the small ONNX encoder that the runtime reads."""
