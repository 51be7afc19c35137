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

    public Task<PersonStanding> ReadAsync(Guid personId, CancellationToken cancellationToken) =>
        Task.FromResult(_people.GetValueOrDefault(personId, PersonStanding.Unknown));
}
