using System.Globalization;
using Rekey.Departures.Directory;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Tests.Doubles.Queues;

namespace Rekey.Tests.Doubles.Accounts;

/// <summary>The accounts of a directory, with Graph's manners: pages, links that expire, rows that come twice; and its logs.</summary>
public sealed class FakeAccounts(FakeDirectory directory, TimeProvider timeProvider) : IAccountFeed, IAccountAudit
{
    private readonly SortedDictionary<Guid, PersonStanding> _accounts = [];
    private readonly List<Guid> _changes = [];
    private readonly List<AccountAct> _acts = [];
    private int _generation;

    public int PageSize { get; set; } = 2;

    /// <summary>How many changes before the link come again.</summary>
    public int Replays { get; set; }

    /// <summary>Calls of the feed so far.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Called with each call's text; may throw.</summary>
    public Action<string> Fault { get; set; } = _ => { };

    public IEnumerable<Guid> Closed => _accounts.Where(a => a.Value is not PersonStanding.Enabled).Select(a => a.Key);

    public PersonStanding Of(Guid person) => _accounts.GetValueOrDefault(person, PersonStanding.Unknown);

    /// <summary>Adds an account without a change, as in an existing directory.</summary>
    public void Add(Guid person, PersonStanding standing) => directory[person] = _accounts[person] = standing;

    /// <summary>Changes an account; false when nothing changes.</summary>
    public bool Change(Guid person, PersonStanding standing)
    {
        var before = Of(person);
        if (before == standing)
        {
            return false;
        }

        if (standing is PersonStanding.Unknown)
        {
            _accounts.Remove(person);
        }
        else
        {
            _accounts[person] = standing;
        }

        directory[person] = standing;
        _changes.Add(person);
        foreach (var kind in Acts(before, standing))
        {
            // One act may have two rows.
            var act = new AccountAct(person, kind, timeProvider.GetUtcNow(), $"act-{_acts.Count}");
            _acts.AddRange([act, act]);
        }

        return true;
    }

    /// <summary>Lets every link that was given so far expire.</summary>
    public void Expire() => _generation++;

    public Task<AccountPage?> ReadChangesAsync(string? link, CancellationToken cancellationToken)
    {
        Call($"changes {link}");
        var (kind, since, skip) = Parse(link ?? $"all {_generation} {_changes.Count} 0");
        if (kind is null)
        {
            return Task.FromResult<AccountPage?>(null);
        }

        // A link to a later page of changes has the place where it begins: what comes again is decided with the first page. Accounts that
        // are deleted meanwhile move no other account to another page.
        List<Guid> people = kind == "all" ? [.. _accounts.Keys] : _changes;
        var start = kind == "delta" ? Math.Max(0, since - Replays) : skip;
        var rows = people
            .Skip(start)
            .Take(PageSize)
            .Select(p => new AccountRow(p, Of(p)))
            .Where(r => kind != "all" || r.Standing is not PersonStanding.Deleted)
            .ToList();
        return Task.FromResult<AccountPage?>(
            people.Count > start + PageSize
                ? new(rows, $"{(kind == "all" ? kind : "more")} {_generation} {since} {start + PageSize}", Delta: null)
                : new(rows, Next: null, $"delta {_generation} {(kind == "all" ? since : _changes.Count)} 0")
        );
    }

    public Task<AccountPage?> ReadDeletedAsync(string? link, CancellationToken cancellationToken)
    {
        Call($"deleted {link}");
        var (kind, _, skip) = Parse(link ?? $"deleted {_generation} 0 0");
        if (kind is null)
        {
            return Task.FromResult<AccountPage?>(null);
        }

        var left = _accounts.Index().Skip(skip).Where(a => a.Item.Value is PersonStanding.Deleted).ToList();
        return Task.FromResult<AccountPage?>(
            new(
                [.. left.Take(PageSize).Select(a => new AccountRow(a.Item.Key, a.Item.Value))],
                left.Count > PageSize ? $"deleted {_generation} 0 {left[PageSize].Index}" : null,
                Delta: null
            )
        );
    }

    public Task<IReadOnlyList<AccountAct>> ReadAsync(DateTimeOffset arrivedSince, CancellationToken cancellationToken)
    {
        Fault("audit");
        return Task.FromResult<IReadOnlyList<AccountAct>>([.. _acts.Where(a => a.At >= arrivedSince).Reverse()]);
    }

    private static IEnumerable<AccountActKind> Acts(PersonStanding before, PersonStanding after) =>
        (before, after) switch
        {
            (PersonStanding.Deleted, PersonStanding.Enabled) => [AccountActKind.Enable, AccountActKind.Restore],
            (PersonStanding.Deleted, PersonStanding.Disabled) => [AccountActKind.Disable, AccountActKind.Restore],
            (_, PersonStanding.Enabled) => [AccountActKind.Enable],
            (_, PersonStanding.Disabled) => [AccountActKind.Disable],
            _ => [AccountActKind.Delete],
        };

    private void Call(string call)
    {
        Calls.Add(call);
        Fault(call);
    }

    private (string? Kind, int Since, int Skip) Parse(string link)
    {
        var parts = link.Split(' ');
        return parts.Length == 4 && int.Parse(parts[1], CultureInfo.InvariantCulture) == _generation
            ? (parts[0], int.Parse(parts[2], CultureInfo.InvariantCulture), int.Parse(parts[3], CultureInfo.InvariantCulture))
            : (null, 0, 0);
    }
}
