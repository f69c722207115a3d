import { boot } from './app/boot.ts'

// not awaited: Electron is ready only after this module has run
void boot()
