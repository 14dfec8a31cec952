"""From settings to the bytes that the browser is sent. Knows no Streamlit."""
