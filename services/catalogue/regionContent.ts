import { z } from 'zod'
import { citesListedSources, factMarks, provenance, regionCode } from './sourced.ts'

/** `content/regions.json`: Québec's administrative regions, each with its main cities (quebec.md, section 3). */
export const regionFile = z
  .strictObject({
    ...provenance,
    regions: z
      .array(
        z
          .strictObject({
            code: regionCode,
            name: z.string().min(1),
            cities: z.array(z.string().min(1)).nonempty().readonly(),
            ...factMarks,
          })
          .readonly(),
      )
      .length(17)
      .readonly(),
  })
  .check(citesListedSources)
  .readonly()

/** The regions as the catalogue gives them. */
export type RegionContent = z.infer<typeof regionFile>
