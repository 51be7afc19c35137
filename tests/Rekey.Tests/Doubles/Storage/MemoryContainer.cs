using Rekey.Trust.Documents;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>The container of published documents.</summary>
public sealed class MemoryContainer(TimeProvider timeProvider)
{
    private int _etag;

    public Dictionary<string, Document> Current { get; } = new(StringComparer.Ordinal);

    /// <summary>Every write, oldest first.</summary>
    public List<(string Name, Document Document, string ContentType, DateTimeOffset At)> Written { get; } = [];

    /// <summary>Names of documents that somebody keeps locked: no write succeeds.</summary>
    public HashSet<string> Locked { get; } = new(StringComparer.Ordinal);

    /// <summary>The storage does not answer.</summary>
    public bool Silent { get; set; }

    /// <summary>A reading ends when this has.</summary>
    public Task Hangs { get; set; } = Task.CompletedTask;

    /// <summary>How often somebody tried to write.</summary>
    public int Tries { get; set; }

    public DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>What somebody with write access to the container does: other bytes, no questions.</summary>
    public void Alter(string name, byte[] content) => Current[name] = new(content, NextETag());

    public string NextETag() => $"\"{++_etag}\"";
}
