using System.Security.Cryptography;
using System.Text;
using DuckDB.NET.Data;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Forms;

/// <summary>One SHA-256 has one text, and what is none is not compared.</summary>
public sealed class HashFormTests
{
    /// <summary>Its base64 has all special characters: 62 and 63, and padding.</summary>
    private static readonly byte[] Sha256 =
    [
        .. Enumerable.Range(0, 30).Select(i => (byte)(i * 37)).Prepend((byte)0xff).Prepend((byte)0xfb),
    ];

    private static readonly string Hex = Convert.ToHexStringLower(Sha256);
    private static readonly string Base64 = Convert.ToBase64String(Sha256);

    public static TheoryData<string> Formats => ["ndjson", "csv", "parquet"];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_hash_is_read_in_every_form(string extension)
    {
        Assert.Contains('+', Base64);
        Assert.Contains('/', Base64);
        var members = WrittenForms.Hashes(Sha256);
        var read = await FormFiles.ReadAsync(extension, "SigningInputSha256", members);
        Assert.All(members.Zip(read), m => Assert.Equal((m.First, Hex), (m.First, m.Second!.Token.SigningInputSha256)));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task What_is_no_hash_is_unknown(string extension)
    {
        string[] members =
        [
            "-",
            "none",
            "sha256:",
            Hex[..62],
            $"{Hex}0",
            $"{Hex[..63]}g",
            new('-', 64),
            Base64[..42],
            $"{Base64[..43]}A",
            $"{Base64}=",
            Convert.ToBase64String([.. Sha256, 1]),
            Convert.ToBase64String(SHA384.HashData(Sha256)),
            Hex[..40],
            $"md5:{Hex}",
            $"{Base64[..20]} {Base64[21..]}",
            new('ä', 32),
            Base64[..42] + "é",
        ];
        var read = await FormFiles.ReadAsync(extension, "SigningInputSha256", members);
        Assert.All(members.Zip(read), m => Assert.Equal((m.First, null), (m.First, m.Second!.Token.SigningInputSha256)));
    }

    /// <summary>Parquet is judged without conversion where its first rows are as usual. A text that is none must not stand for a match:
    /// the altered token has the same one on both sides.</summary>
    [Fact]
    public async Task Equal_texts_that_are_no_hashes_are_no_match()
    {
        using var folder = new TempFolder();
        Parquet(folder, "issued/i", "CASE WHEN n < 200 THEN sha256('t' || n) ELSE '-' END");
        Parquet(
            folder,
            "access/a",
            "CASE WHEN n < 200 THEN sha256('t' || n) ELSE '-' END",
            "CASE WHEN n = 250 THEN 'mallory' ELSE 'ann' END"
        );
        Assert.Equal([(Verdict.Altered, "250")], await JudgeAsync(folder));
    }

    [Theory]
    [InlineData("unhex(sha256('t' || n))", "sha256('t' || n)")]
    [InlineData("encode(sha256('t' || n))", "upper(sha256('t' || n))")]
    [InlineData("base64(unhex(sha256('t' || n)))", "sha256('t' || n)")]
    [InlineData("base64(unhex(sha256('t' || n)))", "rtrim(translate(base64(unhex(sha256('t' || n))), '+/', '-_'), '=')")]
    public async Task Both_logs_may_have_forms_of_their_own(string issued, string accessed)
    {
        using var folder = new TempFolder();
        Parquet(folder, "issued/i", issued);
        Parquet(folder, "access/a", $"CASE WHEN n = 250 THEN {accessed.Replace("'t'", "'forged'")} ELSE {accessed} END");
        Assert.Equal([(Verdict.Altered, "250")], await JudgeAsync(folder));
    }

    private static void Parquet(TempFolder folder, string name, string hash, string sub = "'ann'")
    {
        var path = folder.Write($"{name}.parquet", "");
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = new StringBuilder("COPY (SELECT TIMESTAMP '2026-03-01 10:00:00' AS TimeGenerated, 'i' AS Iss, ")
            .Append($"n::VARCHAR AS Jti, {sub} AS Sub, {hash} AS SigningInputSha256 FROM range(300) r(n)) TO '{path}' (FORMAT parquet)")
            .ToString();
        command.ExecuteNonQuery();
    }

    private static async Task<IEnumerable<(Verdict, string?)>> JudgeAsync(TempFolder folder)
    {
        await using var logs = await LogFiles.OpenAsync(
            new([folder.File("issued")], [folder.File("access")], LogMapping.None),
            CaseEngine.Options,
            null,
            CancellationToken.None
        );
        return (await SampleFiles.JudgeAsync(logs)).Select(s => (s.Verdict, s.Token.Jti));
    }
}
