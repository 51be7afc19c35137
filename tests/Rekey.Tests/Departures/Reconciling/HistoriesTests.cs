using CsCheck;
using Rekey.Core;
using Rekey.Departures;
using Rekey.Departures.Directory;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Support;

namespace Rekey.Tests.Departures.Reconciling;

/// <summary>
/// Random histories of accounts, with events lost, duplicated, delayed and reordered, links that expire, outages and dead processes: after
/// the next reconciliation the people with an open departure are those whose account is closed.
/// </summary>
public sealed class HistoriesTests
{
    private const int People = 5;
    private const int OldPeople = 2;

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Int[0, 9],
        Gen.Int[0, People - 1],
        Gen.Int[0, 2].Select(s => (PersonStanding)s),
        Gen.Int[0, 3],
        Gen.Int[0, 12],
        (act, person, standing, copies, number) => new Step(act, person, standing, copies, number)
    );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task After_a_reconciliation_departures_equal_the_truth(bool isAudited) =>
        Steps
            .List[1, 40]
            .SampleAsync(
                steps => RunAsync(steps, isAudited),
                iter: Runs.Of(150),
                threads: 1,
                print: steps => string.Join(Environment.NewLine, steps)
            );

    private static async Task RunAsync(List<Step> steps, bool isAudited)
    {
        var company = Company.Found(configure: o => o.Keys[0].Custodians = []);
        company.IsAudited = isAudited;
        var world = new World(company);
        for (var n = 0; n < People; n++)
        {
            company.Accounts.Add(IdOf(n), n < OldPeople ? PersonStanding.Disabled : PersonStanding.Enabled);
        }

        await world.ReconcileAsync();
        Assert.Empty(company.Departures.All);
        foreach (var step in steps)
        {
            company.Clock.Advance(TimeSpan.FromMinutes(step.Number + 1));
            switch (step.Act)
            {
                case 0:
                    await world.ReconcileAsync();
                    break;
                case 1:
                    await world.DieAsync(step.Number);
                    break;
                case 2:
                    await world.OutageAsync(step.Number);
                    break;
                case 3:
                    company.Accounts.Expire();
                    world.IsExpired = true;
                    break;
                case 4:
                    world.Delayed.Reverse();
                    await world.DeliverAsync(step.Number);
                    break;
                case 5:
                    company.Accounts.Replays = step.Number;
                    break;
                default:
                    await world.ChangeAsync(step);
                    break;
            }
        }

        await world.DeliverAsync(steps.Count % 3);
        await world.ReconcileAsync();
        await world.DeliverAsync(int.MaxValue);
        await world.ReconcileAsync();
    }

    private static Guid IdOf(int n) => new($"5b0b1a4e-0000-4000-8000-0000000001{n:D2}");

    /// <param name="Copies">How often the event comes: never, once, twice, or later.</param>
    private sealed record Step(int Act, int Person, PersonStanding Standing, int Copies, int Number);

    private sealed class World(Company company)
    {
        private readonly Dictionary<Guid, int> _reopened = [];
        private readonly HashSet<Guid> _left = [];
        private readonly HashSet<Guid> _leftSince = [];
        private readonly HashSet<Guid> _restored = [];

        /// <summary>Old accounts that nothing but a link to changes, or the audit logs, can tell from those that never changed.</summary>
        private readonly HashSet<Guid> _old = [.. Enumerable.Range(0, OldPeople).Select(IdOf)];
        private Process _process = company.NewProcess();
        private int _events;

        public List<Guid> Delayed { get; } = [];

        public bool IsExpired { get; set; }

        public async Task ChangeAsync(Step step)
        {
            var (person, was) = (IdOf(step.Person), company.Accounts.Of(IdOf(step.Person)));
            if (!company.Accounts.Change(person, step.Standing))
            {
                return;
            }

            if (was is PersonStanding.Deleted && step.Standing is PersonStanding.Disabled)
            {
                _restored.Add(person);
            }

            var (wasClosed, isClosed) = (was is not PersonStanding.Enabled, step.Standing is not PersonStanding.Enabled);
            if (!wasClosed && isClosed)
            {
                _left.Add(person);
                _leftSince.Add(person);
            }
            else if (wasClosed && !isClosed && _left.Contains(person))
            {
                _reopened[person] = _reopened.GetValueOrDefault(person) + 1;
            }

            if (step.Copies == 3)
            {
                Delayed.Add(person);
            }

            for (var copy = 0; copy < step.Copies % 3; copy++)
            {
                await DeliverAsync(person);
            }
        }

        public async Task DeliverAsync(int most)
        {
            foreach (var person in Delayed.Take(most).ToList())
            {
                Delayed.Remove(person);
                await DeliverAsync(person);
            }
        }

        public async Task ReconcileAsync()
        {
            company.Clock.Advance(TimeSpan.FromMinutes(1));
            try
            {
                await _process.Reconcile.RunAsync(default);
            }
            catch (RetryLaterException)
            {
                // Another process saved at the same time, or links expired in the middle.
                await _process.Reconcile.RunAsync(default);
            }

            _old.RemoveWhere(p =>
                _leftSince.Contains(p) && (company.IsAudited || (!IsExpired && company.Accounts.Of(p) is PersonStanding.Disabled))
            );
            _leftSince.Clear();

            _old.IntersectWith(company.Accounts.Closed);
            IsExpired = false;
            Check();
        }

        public async Task DieAsync(int effect)
        {
            try
            {
                await company.NewProcess(new DiesAt(effect + 1, afterIt: effect % 2 == 0)).Reconcile.RunAsync(default);
            }
            catch (Exception e) when (e is ProcessDiedException or RetryLaterException)
            {
                // The next one goes on. Links may have expired in the middle.
            }

            _process = company.NewProcess();
        }

        public async Task OutageAsync(int call)
        {
            company.Accounts.Fault = _ =>
            {
                if (call-- == 0)
                {
                    throw new RetryLaterException("Throttled.", TimeSpan.FromSeconds(10));
                }
            };
            try
            {
                await _process.Reconcile.RunAsync(default);
            }
            catch (RetryLaterException)
            {
                // The next run goes on.
            }

            company.Accounts.Fault = _ => { };
        }

        private async Task DeliverAsync(Guid person)
        {
            if (company.Accounts.Of(person) is not PersonStanding.Enabled)
            {
                _old.Remove(person);
                _left.Add(person);
            }

            await _process.Notice.NoticeAsync(
                new(
                    Company.Tenant,
                    person,
                    new("UserChanged", $"event-{_events++}", company.Now, Reporter: null),
                    IsObservation: true,
                    Hostile: false
                ),
                default
            );
        }

        private void Check()
        {
            var people = company.People.All.ToDictionary(p => Guid.Parse(p.PersonId));
            var departures = company.Departures.All.ToDictionary(d => d.Id);
            var open = people
                .Where(p =>
                    departures.GetValueOrDefault(Departure.IdOf(Company.Tenant, p.Value.PersonId, p.Value.Epoch)) is { Confirmed: true }
                )
                .Select(p => p.Key)
                .ToHashSet();
            var truth = company.Accounts.Closed.ToHashSet();
            Assert.Empty(open.Except(truth));
            Assert.Empty(truth.Except(open).Except(_old));
            Assert.DoesNotContain(open, p => _old.Contains(p) && !_left.Contains(p) && !_restored.Contains(p));
            if (company.IsAudited)
            {
                foreach (var person in _left.Except(_restored))
                {
                    // The audit logs may show the deletion of an old account, of which no event came: an account that is opened after
                    // that has a first epoch which nothing else knows.
                    var (epoch, isOld) = (
                        1 + _reopened.GetValueOrDefault(person),
                        Enumerable.Range(0, OldPeople).Select(IdOf).Contains(person)
                    );
                    Assert.InRange(people[person].Epoch, epoch, isOld ? epoch + 1 : epoch);
                    Assert.All(Enumerable.Range(1, people[person].Epoch - 1), epoch =>
                        Assert.True(departures.ContainsKey(Departure.IdOf(Company.Tenant, $"{person}", epoch)))
                    );
                }
            }
        }
    }
}
