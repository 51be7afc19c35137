using System.IO.Compression;
using Rekey.DuckDb.Files;

namespace Rekey.DuckDb.Tests.Files;

/// <summary>A file that was looked at is closed: other programs move, pack and delete logs.</summary>
public sealed class GzipCheckTests
{
    [Theory]
    [InlineData(int.MaxValue, 1 << 20, false)]
    [InlineData(20, 1 << 20, true)]
    [InlineData(int.MaxValue, 10, true)]
    public void It_closes_whole_files_and_damaged_ones_and_too_long_ones(int keep, long maxBytes, bool hasMistake)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new byte[300_000]);
        }

        using var file = new MemoryStream(packed.ToArray()[..(int)Math.Min(packed.Length, keep)]);
        Assert.Equal(hasMistake, GzipCheck.Mistake(file, maxBytes, TestContext.Current.CancellationToken) is not null);
        Assert.False(file.CanRead);
    }
}
