using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Rekey.DuckDb.Intake.Repairs;

namespace Rekey.DuckDb.Tests.Files;

/// <summary>Of a damaged line is read what can be read.</summary>
public sealed class JsonLineTests
{
    [Theory]
    [InlineData("""{"a":"x","b":1}""", """{"a":"x","b":1}""", LineDamage.None)]
    [InlineData("""{"a":"\ud83d\ude00 \u00e9 \\ud800"}""", """{"a":"\ud83d\ude00 \u00e9 \\ud800"}""", LineDamage.None)]
    [InlineData("""{"a":"\ud800","b":1}""", """{"a":"\ufffd","b":1}""", LineDamage.Some)]
    [InlineData("""{"a":"\ude00\ud83d","b":1}""", """{"a":"\ufffd\ufffd","b":1}""", LineDamage.Some)]
    [InlineData("""{"ua":"a \x22 b","b":1}""", """{"ua":"a \u0022 b","b":1}""", LineDamage.Some)]
    [InlineData("""{"ua":"c:\qemu","b":1}""", """{"ua":"c:\\qemu","b":1}""", LineDamage.Some)]
    [InlineData("{\"ua\":\"a\tb\",\"b\":1}", """{"ua":"a\u0009b","b":1}""", LineDamage.Some)]
    [InlineData(
        """{"a":-,"b":NaN,"c":01,"d":[Infinity,+1],"e":true}""",
        """{"a":"-","b":"NaN","c":"01","d":["Infinity","+1"],"e":true}""",
        LineDamage.Some
    )]
    [InlineData("""{"a":1,"b":{"c":2,"d":"cut he""", """{"a":1,"b":{"c":2}}""", LineDamage.Some)]
    [InlineData("""{"a":1,"b":[1,2,{"c":""", """{"a":1,"b":[1,2,{}]}""", LineDamage.Some)]
    [InlineData("""{"a":1}{"b":2}""", """{"a":1}""", LineDamage.Some)]
    [InlineData("""{"a":1} behind it""", """{"a":1}""", LineDamage.Some)]
    [InlineData("""{"a":1,"b" 2}""", """{"a":1}""", LineDamage.Some)]
    [InlineData("""{"a":"x\""", "{}", LineDamage.All)]
    [InlineData("""{"a":""", "{}", LineDamage.All)]
    [InlineData("plain text", "{}", LineDamage.All)]
    [InlineData("[1]", "{}", LineDamage.All)]
    [InlineData("null", "{}", LineDamage.All)]
    [InlineData("\"text\"", "{}", LineDamage.All)]
    public void What_can_be_read_is_kept(string line, string kept, object damage)
    {
        var to = new ArrayBufferWriter<byte>();
        Assert.Equal((LineDamage)damage, JsonLine.Repair(Encoding.UTF8.GetBytes(line), to));
        Assert.Equal(kept, Encoding.UTF8.GetString(to.WrittenSpan));
    }

    [Fact]
    public void Bytes_that_are_no_utf_8_become_the_replacement_character()
    {
        var to = new ArrayBufferWriter<byte>();
        byte[] line = [.. "{\"a\":\"M"u8, 0xFC, .. "ller\",\"b\":1}"u8];
        Assert.Equal(LineDamage.Some, JsonLine.Repair(line, to));
        Assert.Equal("{\"a\":\"M\uFFFDller\",\"b\":1}", Encoding.UTF8.GetString(to.WrittenSpan));
    }

    /// <summary>Any bytes in, one readable object out; and a whole object stays as it is.</summary>
    [Fact]
    public void What_comes_out_is_an_object_without_lone_surrogates() =>
        Gen.OneOf(
                Gen.Byte.Array[0, 60],
                from line in Of("""{"a":"xy","b":[1,{"c":"\ud83d\ude00"}],"d":null}""", """{"jti":"j","sub":{"x":-1.5e3}}""")
                from at in Gen.Int[0, line.Length]
                from junk in Gen.Byte.Array[0, 3]
                from cut in Gen.Int[0, 5]
                select (byte[])
                    [.. Encoding.UTF8.GetBytes(line)[..at], .. junk, .. Encoding.UTF8.GetBytes(line)[Math.Min(line.Length, at + cut)..]]
            )
            .Sample(line =>
            {
                var to = new ArrayBufferWriter<byte>();
                var damage = JsonLine.Repair(line, to);
                using var read = JsonDocument.Parse(to.WrittenMemory, new() { AllowTrailingCommas = true, MaxDepth = 1000 });
                Assert.Equal(JsonValueKind.Object, read.RootElement.ValueKind);
                _ = read.RootElement.ToString();
                var again = new ArrayBufferWriter<byte>();
                Assert.NotEqual(LineDamage.Some, JsonLine.Repair(to.WrittenSpan, again));
                if (damage is LineDamage.None)
                {
                    Assert.Equal(line, to.WrittenSpan.ToArray());
                }
            });

    private static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
