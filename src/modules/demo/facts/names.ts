/** Names of one culture. Surnames that differ by sex have a rule. */
export interface Culture {
  /** Preferred language of many who bear such names (BCP 47). */
  readonly language: string
  readonly female: readonly string[]
  readonly male: readonly string[]
  readonly last: readonly string[]
  readonly femaleSurname?: (surname: string) => string
  /** Second surname as well, as in Spanish. */
  readonly twoSurnames?: true
}

const words = (text: string): readonly string[] => text.split(',').map((word) => word.trim())
const slavicFeminine = (surname: string): string => surname.replace(/([sc])ki$/, '$1ka').replace(/(ov|ev|in)$/, '$1a')

const GERMAN: Culture = {
  language: 'de',
  female: words(
    'Anna, Käthe, Jördis, Sabine, Heike, Lieselotte, Frieda, Johanna, Ulrike, Bärbel, Marlene, Greta, Ännchen, Antje, Charlotte, Gisela, Dörte, Mathilda, Emilia, Renate',
  ),
  male: words(
    'Jörg, Matthias, Karl-Heinz, Björn, Günther, Lukas, Emil, Hans-Jürgen, Sören, Friedrich, Jürgen, Paul, Wolfgang, Anton, Leon, Götz, Dieter, Konrad, Till, Rüdiger',
  ),
  last: words(
    'Müller, Schäfer, Groß, Weiß, Krüger, von der Heide, Jäger, Böhm, Schröder, Kühn, Meißner, Lindner, Vogel, Brückner, Hübner, zu Stolberg, Wagner, Köhler, Pfeiffer, Möller, Förster, Winkler, Strauß, Ebert',
  ),
}
const TURKISH: Culture = {
  language: 'tr',
  female: words('Ayşe, Gülşen, Elif, Şebnem, Zeynep, Fatma, Özlem, Hatice, Büşra, Çiğdem, Selin, İrem'),
  male: words('Mehmet, Çağlar, Ömer, Yiğit, Hüseyin, Emre, Şahin, Oğuz, Kemal, Barış, İsmail, Uğur'),
  last: words('Yılmaz, Öztürk, Şimşek, Kaya, Çelik, Doğan, Güneş, Aydın, Karadağ, Ünal, Koç, Erdoğan'),
}
const POLISH: Culture = {
  language: 'pl',
  female: words('Agnieszka, Małgorzata, Zofia, Łucja, Katarzyna, Bożena, Hanna, Żaneta, Elżbieta, Dorota'),
  male: words('Łukasz, Wojciech, Paweł, Stanisław, Michał, Grzegorz, Zbigniew, Jędrzej, Rafał, Krzysztof'),
  last: words('Kowalski, Wiśniewski, Wójcik, Dąbrowski, Zieliński, Szymański, Woźniak, Jabłoński, Król, Piątek, Nowicki, Świątek'),
  femaleSurname: slavicFeminine,
}
const ARABIC: Culture = {
  language: 'ar',
  female: words('Fāṭima, Layla, Nour, Samira, Rania, Maryam, Amina, Salma, Huda, Yasmin'),
  male: words('Omar, Khalid, Youssef, Samir, Ibrāhīm, Tariq, Mahmoud, Ziad, Karim, Bilal'),
  last: words("Al-Masri, Haddad, El-Sayed, Ben Youssef, Khoury, Al-Qaḥṭānī, Nasser, Sa'id, Darwish, Mansour, Abdel-Rahman, Hakim"),
}
const VIETNAMESE: Culture = {
  language: 'vi',
  female: words('Thị Hương, Ngọc Lan, Thu Hà, Mỹ Linh, Bích Thủy, Kim Anh, Thanh Trúc, Hồng Nhung'),
  male: words('Văn Đức, Quốc Huy, Minh Tuấn, Hữu Phước, Công Sơn, Đình Khôi, Anh Dũng, Trọng Nghĩa'),
  last: words('Nguyễn, Trần, Lê, Phạm, Hoàng, Vũ, Đặng, Bùi, Đỗ, Ngô'),
}
const UKRAINIAN: Culture = {
  language: 'uk',
  female: words('Olena, Oksana, Nataliia, Iryna, Yuliia, Svitlana, Daryna, Sofiia'),
  male: words('Oleksandr, Andrii, Serhii, Mykola, Dmytro, Vasyl, Bohdan, Taras'),
  last: words("Shevchenko, Kovalenko, Bondarenko, Solov'iov, Tkachuk, Melnyk, Hryhor'iev, Koval, Zelinski, Lysenko"),
  femaleSurname: slavicFeminine,
}
const FRENCH: Culture = {
  language: 'fr',
  female: words('Chloé, Hélène, Océane, Françoise, Agnès, Zoë, Amélie, Noémie, Maëlle, Geneviève'),
  male: words('François, Loïc, Théo, Jérôme, Benoît, Rémi, Jean-Baptiste, Aurélien, Gaël, Stéphane'),
  last: words("Lefèvre, D'Aubigné, Béranger, L'Hermitte, Côté, Dupré, Garçon, Gauthier, Noël, Châtelain, de La Tour, Fontaine"),
}
const ENGLISH: Culture = {
  language: 'en',
  female: words(
    'Emily, Grace, Charlotte, Abigail, Harper, Zoe, Madison, Evelyn, Margaret, Ruth, Alice, Nora, Hazel, Dorothy, Lillian, Savannah, Beatrice, Claire, Joan, Penelope',
  ),
  male: words(
    'James, William, Henry, Theodore, Samuel, Jack, Owen, Walter, Franklin, George, Ethan, Caleb, Miles, Arthur, Harold, Wyatt, Dennis, Roger, Isaac, Leonard',
  ),
  last: words(
    'Smith, Johnson, Taylor, Brown, Davies, Wright, Walker, Hughes, Baker, Carter, Bell-Anderson, Cooper, Ward, Foster, Hayes, Sullivan, Price, Whitfield, Harrington, Marsh, Clarke, Reed, Thornton, Ellison',
  ),
}
const IRISH: Culture = {
  language: 'en',
  female: words('Siobhán, Aoife, Niamh, Caoimhe, Gráinne, Maeve, Sinéad, Róisín'),
  male: words('Seán, Pádraig, Ciarán, Oisín, Eoin, Darragh, Conor, Tomás'),
  last: words("O'Brien, O'Connor, Ó Súilleabháin, McCarthy, O'Malley, Fitzgerald, Kavanagh, MacNamara, O'Dwyer, Byrne"),
}
const SPANISH: Culture = {
  language: 'es',
  female: words('María José, Lucía, Inés, Guadalupe, Sofía, Belén, Rocío, Concepción, Ximena, Verónica, Begoña, Paz'),
  male: words('José, Andrés, Íñigo, Ramón, Ángel, Raúl, Jesús, Sebastián, Adán, Joaquín, Martín, Hernán'),
  last: words('García, Muñoz, Peña, Núñez, Rodríguez, Ibáñez, Castañeda, Echevarría, Pérez, Saldaña, Gutiérrez, Ordóñez, Vásquez, Cordero'),
  twoSurnames: true,
}
const CHINESE: Culture = {
  language: 'zh',
  female: words('Xiùyīng, Měilì, Yàtíng, Lìhuá, Fāng, Jìng, Xuě, Huìmǐn'),
  male: words('Wěi, Jiànguó, Zhìqiáng, Hàorán, Jūnjié, Míng, Guóhuá, Lěi'),
  last: words('Wáng, Lǐ, Zhāng, Liú, Chén, Huáng, Zhào, Lǚ, Xú, Sūn'),
}
const INDIAN: Culture = {
  language: 'hi',
  female: words('Priya, Ananya, Lakshmi, Deepika, Kavya, Meera, Sunita, Aditi'),
  male: words('Arjun, Rohan, Venkatesh, Sanjay, Harpreet, Ravi, Kiran, Anil'),
  last: words("Sharma, Patel, Iyer, Krishnamurthy, D'Souza, Reddy, Mukherjee, Singh, Gupta, Banerjee"),
}
const YORUBA: Culture = {
  language: 'yo',
  female: words('Fúnmiláyọ̀, Adébọ́lá, Títílayọ̀, Ayọ̀bámi, Yétúndé, Ìfẹ́olúwa'),
  male: words('Olúṣẹ́gun, Adéwálé, Babátúndé, Kọ́ládé, Túndé, Ọládélé'),
  last: words('Adébáyọ̀, Ògúnlẹ́yẹ, Adéyẹmí, Bákàrè, Olátúnjí, Ọ̀ṣúndáre'),
}
const HAWAIIAN: Culture = {
  language: 'en',
  female: words('Kailani, Leilani, Nohealani, Pualani'),
  male: words('Keoni, Kaleo, Makoa, Ikaika'),
  last: words('Kahananui, Kealoha, Nāmakaʻeha, Kaʻahumanu, Kekoa, Mahiʻai'),
}

/** Who lives near a site, with the share of each culture in percent. */
export type Population = readonly { readonly culture: Culture; readonly share: number }[]

export const BERLINERS: Population = [
  { culture: GERMAN, share: 58 },
  { culture: TURKISH, share: 12 },
  { culture: POLISH, share: 8 },
  { culture: ARABIC, share: 7 },
  { culture: UKRAINIAN, share: 6 },
  { culture: VIETNAMESE, share: 5 },
  { culture: FRENCH, share: 4 },
]
export const NEW_YORKERS: Population = [
  { culture: ENGLISH, share: 42 },
  { culture: SPANISH, share: 24 },
  { culture: CHINESE, share: 9 },
  { culture: IRISH, share: 8 },
  { culture: INDIAN, share: 6 },
  { culture: YORUBA, share: 4 },
  { culture: FRENCH, share: 4 },
  { culture: HAWAIIAN, share: 3 },
]
