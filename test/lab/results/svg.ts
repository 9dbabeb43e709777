/** Charts as SVG, made by Apache ECharts on the server's side: without a browser. */

import { BarChart, type BarSeriesOption } from 'echarts/charts'
import {
  GridComponent,
  type GridComponentOption,
  LegendComponent,
  type LegendComponentOption,
  TitleComponent,
  type TitleComponentOption,
} from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

export type Chart = {
  height: number
  option: echarts.ComposeOption<
    BarSeriesOption | GridComponentOption | LegendComponentOption | TitleComponentOption
  >
}

echarts.use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

const width = 860

/** The chart as the text of an SVG file. */
export function svgOf({ height, option }: Chart): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  // White, so that it can be read on a page of any colour.
  chart.setOption({ backgroundColor: '#fff', animation: false, ...option })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return `${svg}\n`
}

/** One colour for each variant: grey for what is without Longhaul. */
export const colours = ['#9a9a9a', '#1f77b4', '#2ca02c', '#ff7f0e', '#9467bd']
