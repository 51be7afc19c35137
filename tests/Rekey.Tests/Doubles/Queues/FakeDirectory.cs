using Rekey.Departures.Directory;

namespace Rekey.Tests.Doubles.Queues;

/// <summary>Who is in the directory, and how.</summary>
public sealed class FakeDirectory : IDirectory
{
    private readonly Dictionary<Guid, PersonStanding> _people = [];

    public PersonStanding this[Guid person]
    {
        set => _people[person] = value;
    }

    /// <summary>Called before a person is read; may throw.</summary>
    public Action<Guid> Fault { get; set; } = _ => { };

    public Task<PersonStanding> ReadAsync(Guid personId, CancellationToken cancellationToken)
    {
        Fault(personId);
        return Task.FromResult(_people.GetValueOrDefault(personId, PersonStanding.Unknown));
    }
}
