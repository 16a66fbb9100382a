import { RpcError } from '@kumquat/core'
import { expect } from 'chai'
import { readCities, readMovies } from '../../examples/movie/movies.ts'
import { MovieCatalog } from '../../examples/movie/service.ts'
import { showingsByCity } from '../../examples/movie/showings.ts'

describe('MovieCatalog', () => {
  it('knows 3201 movies by their position', () => {
    const catalog = new MovieCatalog()
    expect(catalog.getMovieById(1).title).to.equal('The Land Girls')
    expect(catalog.getMovieById(42)).to.include({ id: 42, title: 'The Abyss', director: 'James Cameron' })
    expect(catalog.getMovieById(3_201).id).to.equal(3_201)
  })

  it('makes text of titles that are numbers', () => {
    const titles = readMovies().map(({ title }) => title)
    expect(titles).to.include.members(['1776', '300', '9'])
    expect(titles.every((title) => typeof title === 'string')).to.equal(true)
  })

  for (const id of [0, -1, 3_202, 1.5]) {
    it(`has no movie ${id}, and says which ids there are`, () => {
      expect(() => new MovieCatalog().getMovieById(id))
        .to.throw(RpcError, `no movie has the id ${id}: ids are 1 to 3201`)
        .with.property('code', 'not_found')
    })
  }

  it('knows what fifty cities show, always the same', () => {
    const cities = readCities()
    expect(new Set(cities)).to.have.property('size', 50)
    const [one, other] = [new MovieCatalog(), new MovieCatalog()]
    for (const city of cities) {
      expect(one.getMovieByCity(city)).to.have.length(10)
      expect(one.getMovieByCity(city)).to.deep.equal(other.getMovieByCity(city))
    }
  })

  it('shows each movie in one city at most, under its own title', () => {
    const showings = [...showingsByCity(readMovies(), readCities()).values()].flat()
    expect(new Set(showings.map(({ movieId }) => movieId))).to.have.property('size', showings.length)
    const catalog = new MovieCatalog()
    for (const { movieId, title } of showings) expect(catalog.getMovieById(movieId).title).to.equal(title)
  })

  it('names a city that it does not know', () => {
    expect(() => new MovieCatalog().getMovieByCity('Gotham'))
      .to.throw(RpcError, 'no city is called "Gotham"')
      .with.property('code', 'not_found')
  })
})
