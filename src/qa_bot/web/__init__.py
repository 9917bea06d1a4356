"""The web chat, built with Gradio."""
