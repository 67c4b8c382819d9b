"""What is known of states, and states side by side."""
