using System.Buffers.Text;
using System.IO.Compression;
using CsCheck;
using Rekey.Blocking;

namespace Rekey.Tests.Blocking;

/// <summary>The encoding of draft-ietf-oauth-status-list-20 §4.1, with its own examples.</summary>
public sealed class StatusListTests
{
    [Theory]
    [InlineData(1, new[] { 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1 }, "b9a3", "eNrbuRgAAhcBXQ")]
    [InlineData(2, new[] { 1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3 }, "c944f9", "eNo76fITAAPfAgc")]
    public void The_standards_examples_are_made_and_read(int bits, int[] statuses, string packed, string lst)
    {
        var list = new StatusList(bits, statuses.Length);
        for (var i = 0; i < statuses.Length; i++)
        {
            list[i] = statuses[i];
        }

        Assert.Equal(packed, Convert.ToHexStringLower(list.Packed));
        foreach (
            var read in new[] { StatusList.Decode(bits, lst, packed.Length / 2), StatusList.Decode(bits, list.Encode(), packed.Length / 2) }
        )
        {
            Assert.Equal(statuses, Enumerable.Range(0, statuses.Length).Select(i => read[i]));
        }
    }

    [Fact]
    public void Whatever_is_put_in_comes_out() =>
        Gen.Select(Gen.Int[0, 3].Select(n => 1 << n), Gen.Int[0, 255].Array[1, 300])
            .Sample(
                (bits, values) =>
                {
                    var list = new StatusList(bits, values.Length);
                    for (var i = 0; i < values.Length; i++)
                    {
                        list[i] = 0;
                        list[i] = values[i] & ((1 << bits) - 1);
                    }

                    var read = StatusList.Decode(bits, list.Encode(), 300);
                    Assert.Equal(values.Select(v => v & ((1 << bits) - 1)), Enumerable.Range(0, values.Length).Select(i => read[i]));
                }
            );

    [Fact]
    public void A_few_bytes_do_not_unfold_into_gigabytes()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(new byte[10_000_000]);
        }

        Assert.True(packed.Length < 20_000);
        var lst = Base64Url.EncodeToString(packed.ToArray());
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<FormatException>(() => StatusList.Decode(1, lst, 1_000_000));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 6_000_000);
        Assert.Equal(80_000_000, StatusList.Decode(1, lst, 10_000_000).Count);
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(1, "!!")]
    [InlineData(1, "AAAA")]
    public void What_is_no_list_is_refused(int bits, string lst) => Assert.Throws<FormatException>(() => StatusList.Decode(bits, lst, 100));

    [Fact]
    public void A_place_outside_the_list_or_a_status_of_more_bits_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new StatusList(3, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StatusList(1, 0));
        var list = new StatusList(2, 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[-1] = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[0] = 4);
    }
}
