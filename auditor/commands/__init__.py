"""One verb of the command line a file: values in, exit status out."""
