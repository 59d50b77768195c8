"""The pages: each enters, asks the core, shows the answer. They choose and show; they compute nothing."""
