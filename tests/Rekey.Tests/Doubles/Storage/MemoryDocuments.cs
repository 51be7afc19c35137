using Rekey.Core;
using Rekey.Tests.Doubles.Faults;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>One process's way to the container.</summary>
public sealed class MemoryDocuments(MemoryContainer container, Fate fate) : IDocuments
{
    public Task<Document?> FindAsync(DocumentKind kind, Document? known, CancellationToken cancellationToken) =>
        fate.ReadAsync(async () =>
        {
            await container.Hangs;
            if (container.Silent)
            {
                throw new RetryLaterException("The storage does not answer.");
            }

            var found = container.Current.GetValueOrDefault(kind.Name);
            return found?.ETag == known?.ETag ? known
                : found?.Content.Length > kind.MaxBytes ? found with { Content = ReadOnlyMemory<byte>.Empty }
                : found;
        });

    public Task<Document?> PublishAsync(
        DocumentKind kind,
        ReadOnlyMemory<byte> content,
        string? replaces,
        CancellationToken cancellationToken
    ) => fate.DoAsync($"publish {kind.Name}", () =>
        {
            container.Tries++;
            if (container.Silent || container.Locked.Contains(kind.Name))
            {
                throw new RetryLaterException(container.Silent ? "The storage does not answer." : "The blob is leased.");
            }

            if (container.Current.GetValueOrDefault(kind.Name)?.ETag != replaces)
            {
                return Task.FromResult<Document?>(null);
            }

            var document = new Document(content.ToArray(), container.NextETag());
            container.Current[kind.Name] = document;
            container.Written.Add((kind.Name, document, kind.ContentType, container.Now));
            return Task.FromResult<Document?>(document);
        });
}
