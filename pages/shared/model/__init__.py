"""What the pages know: settings and their link, words, numbers. Knows no Streamlit."""
