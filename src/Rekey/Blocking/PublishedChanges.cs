using System.Text.Json;
using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>The document with the newest changes, each signed by itself, and the signed head of the list:
/// <c>{"sequence":9,"base":4,"changes":["eyJ…",…],"head":"eyJ…"}</c>.</summary>
/// <param name="Sequence">The number of the last change.</param>
/// <param name="Base">The number of the base that they start from.</param>
/// <param name="Changes">Compact JWS, from <paramref name="Base"/> + 1 to <paramref name="Sequence"/>.</param>
public sealed record PublishedChanges(long Sequence, long Base, IReadOnlyList<string> Changes)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>A <see cref="BlockHead"/> as compact JWS.</summary>
    public string Head { get; init; } = "";

    public byte[] Bytes() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>Reads a document; null when there is none or it is something else. Nothing in it counts before its signature was checked.</summary>
    public static PublishedChanges? Parse(Document? document) => Parse<PublishedChanges>(document) is { } read && read.Changes.Count == read.Sequence - read.Base ? read : null;

    /// <summary>What a compact JWS carries, its signature not checked; null when it is none.</summary>
    internal static byte[]? PayloadOf(string jws)
    {
        try
        {
            return CompactJws.TrySplit(jws, out var parts) ? StrictBase64Url.Decode(parts.Payload) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    internal static T? Parse<T>(Document? document) where T : class
    {
        try
        {
            return document is null ? null : JsonSerializer.Deserialize<T>(document.Content.Span, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
