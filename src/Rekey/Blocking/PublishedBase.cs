using System.Text.Json;
using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>The document with the base, in parts that are signed each by itself.</summary>
public sealed record PublishedBase(long Number, IReadOnlyList<string> Parts)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public byte[] Bytes() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>Reads a document; null when there is none or it is something else.</summary>
    public static PublishedBase? Parse(Document? document) => PublishedChanges.Parse<PublishedBase>(document);
}
