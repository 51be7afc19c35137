namespace Rekey.Blocking;

/// <summary>A piece of a change or of a part of a base, as a table row holds it. It counts only where the ledger names its hash.</summary>
/// <param name="Hash">SHA-256 of the whole, lower-case hex.</param>
/// <param name="Index">Counts from 0.</param>
/// <param name="Count">How many pieces there are.</param>
/// <param name="Content">Empty when it is not needed any more.</param>
public sealed record BlockPiece(string Hash, int Index, int Count, byte[] Content) : IRecord
{
    /// <summary>Bytes of a piece: in base64 it must fit a row of one MiB.</summary>
    public const int MaxLength = 512 * 1024;

    public static int SchemaVersion => 1;

    public string Partition => Hash;

    public string Row => RowOf(Index);

    public static string RowOf(int index) => index.ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
}
