using System.IO.Compression;
using System.Text.Json;

namespace Rekey.Ledgers.Snapshots;

/// <summary>The saved state of one view. It is opened when the view is first read: a start needs few of them.</summary>
/// <param name="Packed">The state as JSON, compressed with gzip.</param>
public sealed record SavedView(int Version, ReadOnlyMemory<byte> Packed)
{
    /// <summary>Saves the present state of a view.</summary>
    public static SavedView Of(ILedgerView view)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        using (var json = new Utf8JsonWriter(gzip))
        {
            view.Save(json);
        }

        return new(view.Version, packed.ToArray());
    }

    /// <summary>Reads the state. What is read must not keep the JSON.</summary>
    public T Open<T>(Func<JsonElement, T> load)
    {
        using var plain = new GZipStream(new MemoryStream(Packed.ToArray()), CompressionMode.Decompress);
        using var json = JsonDocument.Parse(plain);
        return load(json.RootElement);
    }
}
