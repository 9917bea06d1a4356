"""English articles of our own, and questions about them in other words than theirs."""

ARTICLES = {
    "ferry.md": """\
---
title: Harbour crossing goes quiet
date: 2025-05-02
---
The last diesel boat between Port Allen and the northern shore made its final trip on Sunday. Its \
replacement, the Kestrel, runs on batteries that are topped up at the pier in eleven minutes.

Passengers say that they can finally talk on deck without shouting. Skipper Nora Blythe needed three \
weeks of lessons before she was allowed to take the wheel.

The council paid 4.2 million crowns for the vessel. A ticket still costs the same as last year.
""",
    "bakery.md": """\
---
title: Oven shares on Tanner Street
date: 2025-05-09
---
When the bank refused a loan, Idris Vane sold his neighbours pieces of his oven. Two hundred and \
sixty households put in fifty crowns each and are repaid in loaves.

The shop opens at five in the morning, when nurses come off the night shift. Rye is gone by seven.

Vane learned the trade from his grandmother, who kept a sourdough alive through two house moves and \
a flood.
""",
    "bees.md": """\
---
title: Hives above the car park
date: 2025-05-16
---
Forty colonies now live on the roof of the multi-storey garage in Weir Lane. Rooftop insects gather \
more than those in the surrounding farmland, where a single crop blooms for two weeks and leaves \
nothing afterwards.

Beekeeper Oona Strand blames lawnmowers for most losses. She asks residents to let clover stand \
until July.

A jar of the city's honey sells out within an hour at the Saturday market.
""",
    "school.md": """\
---
title: Lessons start at nine
date: 2025-05-23
---
Teenagers at Millbrook College have been allowed to sleep longer since January. The first bell was \
moved from a quarter to eight to nine o'clock.

Head teacher Paul Adeyemi counts a third fewer pupils who arrive after the register is taken. Marks \
in mathematics rose slightly, those in languages did not change.

Parents who begin work early were the loudest opponents. A breakfast room staffed by volunteers \
looks after the youngest from seven.
""",
    "flood.md": """\
---
title: Giving the Lund its meadows back
date: 2025-05-30
---
After the disaster of 2021 the engineers did something unusual: instead of raising the walls, they \
tore down two kilometres of dyke. When the Lund swells, the water now spreads over pasture.

Farmers receive compensation for every day that their grass is under water. Cattle are led to \
higher ground by the volunteers of the fire brigade.

In February the gauge in the old town stood seventy centimetres lower than models had predicted \
without the change.
""",
    "library.md": """\
---
title: Borrow a drill, return a story
date: 2025-06-06
---
The branch library in Orchard Road lends out more than novels. Sewing machines, tents and a \
telescope can be taken home for a fortnight.

Librarian Mei Castellan says that the most wanted object is a projector. Nobody has ever stolen \
anything, though a ukulele came back with five strings instead of four.

Whoever is late pays nothing, but has to write a page about what the thing was used for.
""",
    "clinic.md": """\
---
title: The doctor comes by bus
date: 2025-06-13
---
Six villages in the Harrow valley lost their last practice in 2023. Since April a converted coach \
with an examination couch and an ultrasound device stops in each of them once a week.

Dr. Lena Farouk treats about thirty people a day, most of them older than seventy. The commonest \
complaint is high blood pressure, followed by loneliness.

Health insurers cover the treatment, a foundation pays for fuel and the driver.
""",
    "theatre.md": """\
---
title: A stage in the swimming pool
date: 2025-06-20
---
The municipal baths were drained in 2019 because repairs would have cost too much. Now actors \
perform on the tiles of the deep end, and the audience sits on the steps of the shallow one.

Director Tomas Reyle likes the echo, which makes a whisper carry to the back row. In winter \
spectators are handed blankets, since the hall cannot be heated.

The next premiere is a comedy about lifeguards.
""",
}

# Question, and the article that answers it.
QUESTIONS = (
    ("How does the new boat get its energy?", "ferry.md"),
    ("Is travelling over the bay noisy nowadays?", "ferry.md"),
    ("How much training did the captain get?", "ferry.md"),
    ("How was the bread maker's start-up financed without a lender?", "bakery.md"),
    ("Who taught the baker his craft?", "bakery.md"),
    ("When can hospital staff buy something fresh after working all night?", "bakery.md"),
    ("Why do pollinators do better in town than in the countryside?", "bees.md"),
    ("What should people with gardens stop doing in spring?", "bees.md"),
    ("Why did adolescents' timetable change?", "school.md"),
    ("Did punctuality improve?", "school.md"),
    ("Where do small children wait before class?", "school.md"),
    ("How is the river kept from drowning houses?", "flood.md"),
    ("What do landowners get when their fields are submerged?", "flood.md"),
    ("Who moves the cows to safety?", "flood.md"),
    ("Where can I get camping gear for two weeks without buying it?", "library.md"),
    ("What is the penalty for overdue items?", "library.md"),
    ("How do rural patients see a physician?", "clinic.md"),
    ("What do the elderly suffer from most often?", "clinic.md"),
    ("Who finances the mobile surgery?", "clinic.md"),
    ("Why was the place for bathing closed?", "theatre.md"),
    ("How are visitors kept warm at the play?", "theatre.md"),
    ("What are the acoustics of the venue like?", "theatre.md"),
)
