"""What every room stands on: quantities, vocabulary, files and errors."""
