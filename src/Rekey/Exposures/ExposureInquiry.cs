using System.Collections.Concurrent;

namespace Rekey.Exposures;

/// <summary>
/// One question: which keys are exposed, by one person or by everyone. It keeps what sources have read, so that a vault or a log is read
/// once for all keys.
/// </summary>
/// <param name="personId">Object id of the person; null asks about everyone.</param>
/// <param name="accessEndedAt">When the access ended: versions made later are not exposed.</param>
/// <param name="namedKeys">Keys that an operator named as exposed, by key id.</param>
public sealed class ExposureInquiry(string? personId, DateTimeOffset accessEndedAt, IReadOnlyList<string> namedKeys)
{
    private readonly ConcurrentDictionary<string, Lazy<Task>> _read = new(StringComparer.OrdinalIgnoreCase);

    public string? PersonId => personId;

    public DateTimeOffset AccessEndedAt => accessEndedAt;

    public IReadOnlyList<string> NamedKeys => namedKeys;

    /// <summary>Whether the question is about this person.</summary>
    public bool IsAbout(string id) => personId is null || string.Equals(personId, id, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads something at most once in this inquiry. A failure is kept too, so that a silent service is called once.</summary>
    public Task<T> OnceAsync<T>(string what, Func<Task<T>> read) => (Task<T>)_read.GetOrAdd(what, _ => new(() => read())).Value;
}
