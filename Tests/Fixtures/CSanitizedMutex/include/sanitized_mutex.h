// Has nothing to call: what it brings replaces functions of the standard library by their names.
