"""Where text and time become numbers: scikit-learn style transformers, the same code on both sides."""
