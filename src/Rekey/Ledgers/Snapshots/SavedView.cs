using System.Buffers.Binary;
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

    /// <summary>Reads a state that is small enough for a tree of its JSON.</summary>
    public static Func<ReadOnlyMemory<byte>, T> ByTree<T>(Func<JsonElement, T> load) =>
        json =>
        {
            using var tree = JsonDocument.Parse(json);
            return load(tree.RootElement);
        };

    /// <summary>Reads the state from its JSON. What is read must not keep the JSON.</summary>
    /// <remarks>The JSON is not parsed into a tree here: that of a view of many records would take several times its memory.</remarks>
    public T Open<T>(Func<ReadOnlyMemory<byte>, T> load)
    {
        using var packed = new GZipStream(new MemoryStream(Packed.ToArray()), CompressionMode.Decompress);

        // A gzip stream ends with the length of what it holds (RFC 1952).
        using var json = new MemoryStream(BinaryPrimitives.ReadInt32LittleEndian(Packed.Span[^sizeof(int)..]));
        packed.CopyTo(json);
        return load(json.GetBuffer().AsMemory(0, (int)json.Length));
    }
}
