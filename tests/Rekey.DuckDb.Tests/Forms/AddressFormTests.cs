namespace Rekey.DuckDb.Tests.Forms;

/// <summary>One address has one text, however a log writes it.</summary>
public sealed class AddressFormTests
{
    private static readonly (string Written, string? Read)[] Members =
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:43612", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::FFFF:192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:207", "192.0.2.7"),
        ("0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:443", "192.0.2.7"),
        ("192.0.2.7, 198.51.100.1, 203.0.113.9", "192.0.2.7"),
        ("192.0.2.7:4711,198.51.100.1", "192.0.2.7"),
        ("\"192.0.2.7\"", "192.0.2.7"),
        ("for=192.0.2.7", "192.0.2.7"),
        ("For=\"192.0.2.7:4711\";proto=https;by=203.0.113.43", "192.0.2.7"),
        ("proto=https; for=192.0.2.7, for=198.51.100.17", "192.0.2.7"),
        ("for=\"192.0.2.7:_hidden\"", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:5000", "2001:db8::1"),
        ("[2001:db8::1%eth0]:5000", "2001:db8::1"),
        ("2001:db8::1%25eth0", "2001:db8::1"),
        ("2001:db8::1, 198.51.100.1", "2001:db8::1"),
        ("for=\"[2001:db8::1]:4711\"", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80:0::1", "fe80::1"),
        ("::1", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"),
        ("-", null),
        ("", null),
        ("unknown", null),
        ("unknown, 198.51.100.1", null),
        ("_hidden", null),
        ("for=_gazonk", null),
        ("for=unknown;by=203.0.113.43", null),
        ("proto=https", null),
        ("client.example", null),
        ("192.0.2", null),
        ("3221225991", null),
        ("0xc0.0.2.7", null),
        ("192.000.002.007", null),
        ("256.0.2.7", null),
        ("192.0.2.7.1", null),
        ("192.0.2.0/24", null),
        ("2001:db8::/32", null),
        ("2001:db8::1::2", null),
        ("[2001:db8::1", null),
        ("[]", null),
        (":", null),
        ("[]:80", null),
        ("for=", null),
        ("=", null),
        ("192.0.2.7\0", null),
        ("%", null),
    ];

    [Theory]
    [InlineData("ndjson")]
    [InlineData("csv")]
    [InlineData("parquet")]
    public async Task An_address_has_one_text(string extension)
    {
        var read = await FormFiles.ReadAsync(extension, "SrcIpAddr", Members.Select(m => m.Written));
        Assert.All(read, Assert.NotNull);
        Assert.Equal(Members, Members.Select((m, i) => (m.Written, read[i]!.SrcIpAddr)));
    }
}
