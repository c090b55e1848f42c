"""What duplicates are learnt from: links that people made between tickets."""
