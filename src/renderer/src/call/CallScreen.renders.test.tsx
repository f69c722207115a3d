import { act, cleanup, screen } from '@testing-library/react'
import type { FunctionComponent } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { livePhase, renderApp } from '../app-suite.tsx'
import { type CallEvent, reduceCall } from './call-reducer.ts'

const rendered = vi.hoisted((): string[] => [])
const counting = vi.hoisted(
  () =>
    <P extends object>(component: FunctionComponent<P>, toName: (props: P) => string) =>
    (props: P) => {
      rendered.push(toName(props))
      return component(props)
    },
)
vi.mock('./Tile.tsx', async original => {
  const { Tile } = await original<typeof import('./Tile.tsx')>()
  return { Tile: counting(Tile, ({ name }) => `tile of ${name}`) }
})
vi.mock('./TileGrid.tsx', async original => {
  const { TileGrid } = await original<typeof import('./TileGrid.tsx')>()
  return { TileGrid: counting(TileGrid, () => 'grid') }
})
vi.mock('./ControlsBar.tsx', async original => {
  const { ControlsBar } = await original<typeof import('./ControlsBar.tsx')>()
  return { ControlsBar: counting(ControlsBar, () => 'controls') }
})
vi.mock('./ParticipantsPanel.tsx', async original => {
  const { ParticipantsPanel } = await original<typeof import('./ParticipantsPanel.tsx')>()
  return { ParticipantsPanel: counting(ParticipantsPanel, () => 'people') }
})
vi.mock('../ui/Avatar.tsx', async original => {
  const { Avatar } = await original<typeof import('../ui/Avatar.tsx')>()
  return { Avatar: counting(Avatar, ({ name, size }) => `${size === 'fluid' ? 'face' : 'row'} of ${name}`) }
})

// a stage with room for tiles: happy-dom lays nothing out
vi.mock('../ui/use-size.ts', () => ({ useSize: () => [() => {}, { width: 1_200, height: 800 }] }))

afterEach(cleanup)

test('how loud somebody is concerns nothing but their tile', async () => {
  const { state, user } = await renderApp(livePhase(['Grace', 'Edsger']))
  const [grace] = [...livePhase(['Grace']).peers.keys()]
  if (!grace) throw new Error('nobody is there')
  await user.click(screen.getByRole('button', { name: 'People' }))
  expect(new Set(rendered)).toContain('row of Grace')
  rendered.length = 0
  const event: CallEvent = { type: 'levels', levels: [{ peerId: grace, volumeDbov: -20 }] }
  act(() => state.setState(reduceCall(state.getState(), event), true))
  expect(rendered).toEqual(['tile of Grace', 'face of Grace'])
})
