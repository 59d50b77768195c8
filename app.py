"""The entry. Worker processes import this file again, so it does nothing until it is the script or the server."""


def main() -> None:
    """Hand over to the router, which knows the pages."""
    from pages.ui.shell import router

    router.run()


if __name__ == "__main__":
    main()
elif __name__ == "app":  # so ``streamlit run`` imports it, and serves what it finds under this name
    from streamlit.starlette import App

    from pages.ui.shell import front_door

    app = App(__file__, middleware=front_door.MIDDLEWARE, lifespan=front_door.opened)
