package simulate

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

var givenNames = []string{
	"Ada", "Alan", "Amina", "Anders", "Beatriz", "Chidi", "Dorothea", "Edsger", "Eiko", "Farid", "Grace",
	"Hedy", "Ines", "Jürgen", "Katherine", "Leila", "Linus", "Margaret", "Niklaus", "Noor", "Olga",
	"Priya", "Radia", "Søren", "Tim", "Ursula", "Vint", "Wei", "Yusuf", "Zoë",
}

var familyNames = []string{
	"Almeida", "Bianchi", "Chen", "Dijkstra", "Eriksen", "Fischer", "García", "Hamilton", "Ivanova",
	"Johnson", "Kowalski", "Lovelace", "Müller", "Nakamura", "Okafor", "Patel", "Quist", "Rossi",
	"Sørensen", "Turing", "Ueda", "Vogel", "Wirth", "Xu", "Yilmaz", "Zhang",
}

var titles = []string{"Engineer", "Designer", "Accountant", "Analyst", "Support specialist", "Team lead", "Product manager"}

var departments = []string{"Engineering", "Design", "Finance", "Sales", "Support", "People", "Legal"}

// Person is somebody of the simulated company.
type Person struct {
	// ExternalID is the provider's own id of the person.
	ExternalID string
	UserName   string
	Given      string
	Family     string
	Title      string
	Department string
	Number     string
}

// Display is the person's name as written.
func (p *Person) Display() string { return p.Given + " " + p.Family }

// Team is a group of people.
type Team struct {
	ExternalID string
	Name       string
	Members    []int // indexes into Company.People
}

// Company is who there is to provision: the same for the same seed.
type Company struct {
	People []Person
	Teams  []Team
}

// NewCompany invents a company. tag keeps the names of several simulations in one source apart.
func NewCompany(seed uint64, users, groups int, tag string) *Company {
	rng := rand.New(rand.NewPCG(seed, 2))
	c := &Company{}
	for i := range users {
		p := Person{
			ExternalID: guid(rng),
			Given:      givenNames[rng.IntN(len(givenNames))],
			Family:     familyNames[rng.IntN(len(familyNames))],
			Title:      titles[rng.IntN(len(titles))],
			Department: departments[rng.IntN(len(departments))],
			Number:     fmt.Sprintf("%06d", 100000+i),
		}
		p.UserName = strings.ToLower(plain(p.Given)+"."+plain(p.Family)) + fmt.Sprintf("%d", i+1) + tag + "@example.com"
		c.People = append(c.People, p)
	}
	for i := range groups {
		name := departments[i%len(departments)]
		if i >= len(departments) {
			name = fmt.Sprintf("%s %d", name, i/len(departments)+1)
		}
		team := Team{ExternalID: guid(rng), Name: name + tag}
		for j := range c.People {
			if rng.IntN(groups) == 0 || j%max(groups, 1) == i {
				team.Members = append(team.Members, j)
			}
		}
		c.Teams = append(c.Teams, team)
	}
	return c
}

// plain spells a name with the letters that mail addresses are usually made of.
func plain(s string) string {
	return strings.NewReplacer("ü", "ue", "ø", "o", "ë", "e", "í", "i", "Ü", "Ue").Replace(s)
}

func guid(rng *rand.Rand) string {
	a, b := rng.Uint64(), rng.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", uint32(a>>32), uint16(a>>16), uint16(a)&0xfff, uint16(b>>48)&0xfff, b&0xffffffffffff)
}
