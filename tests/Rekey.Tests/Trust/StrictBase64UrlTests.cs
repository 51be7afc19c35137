using System.Buffers.Text;
using CsCheck;
using Rekey.Trust.Jose;

namespace Rekey.Tests.Trust;

/// <summary>One value has one spelling: whatever the encoder would not have written is refused.</summary>
public sealed class StrictBase64UrlTests
{
    /// <summary>Short, so that the last characters' unused bits and every length modulo four come often; with padding, white space and
    /// the other alphabet's characters.</summary>
    private static readonly Gen<string> Spellings = Gen.OneOf(
            Gen.Char["ABQwgxyz019-_"].Array[0, 10],
            Gen.Char["AQgw-_=+/ \n\té"].Array[0, 6],
            Gen.Byte.Array[0, 8]
                .SelectMany(b => Gen.Int[0, 11], (b, at) => (Base64Url.EncodeToString(b), at))
                .Select(t => t.Item1.Insert(Math.Min(t.at, t.Item1.Length), "=\n "[t.at % 3].ToString()).ToCharArray())
        )
        .Select(c => new string(c));

    [Fact]
    public void What_is_read_is_what_the_encoder_writes() =>
        Spellings.Sample(
            text =>
            {
                var read = Read(text);
                Assert.Equal(Canonical(text), read);
            },
            iter: 200_000
        );

    [Fact]
    public void Every_value_is_read_back() =>
        Gen.Byte.Array[0, 70].Sample(bytes => Assert.Equal(bytes, Read(Base64Url.EncodeToString(bytes))));

    private static byte[]? Read(string text)
    {
        try
        {
            return StrictBase64Url.Decode(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The slow way: read, write again, compare.</summary>
    private static byte[]? Canonical(string text)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(text);
            return string.Equals(Base64Url.EncodeToString(bytes), text, StringComparison.Ordinal) ? bytes : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
