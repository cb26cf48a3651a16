async def main():
    pass


main()
print("forgot to await")
