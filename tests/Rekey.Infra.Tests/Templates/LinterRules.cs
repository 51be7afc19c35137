using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;

namespace Rekey.Infra.Tests.Templates;

/// <summary>The linter rules that the pinned CLI knows. It lists them nowhere; each is a class with a constant <c>Code</c> in its
/// assembly, which lies in the CLI's single file (dotnet/runtime, bundle format 6).</summary>
internal static class LinterRules
{
    private const string Library = "Azure.Bicep.Core.dll";
    private const string RuleBase = "LinterRuleBase";

    public static IReadOnlyList<string> Of(string command)
    {
        using var assembly = new PEReader(new MemoryStream(Unpacked(File.ReadAllBytes(command))));
        var metadata = assembly.GetMetadataReader();
        return
        [
            .. metadata
                .TypeDefinitions.Select(metadata.GetTypeDefinition)
                .Where(t => IsRule(metadata, t))
                .SelectMany(t => Codes(metadata, t))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static bool IsRule(MetadataReader metadata, TypeDefinition type) =>
        type.BaseType.Kind switch
        {
            HandleKind.TypeDefinition
                when !type.BaseType.IsNil && metadata.GetTypeDefinition((TypeDefinitionHandle)type.BaseType) is var parent =>
                metadata.GetString(parent.Name) == RuleBase || IsRule(metadata, parent),
            _ => false,
        };

    private static IEnumerable<string> Codes(MetadataReader metadata, TypeDefinition type) =>
        type.GetFields()
            .Select(metadata.GetFieldDefinition)
            .Where(f => metadata.GetString(f.Name) == "Code" && !f.GetDefaultValue().IsNil)
            .Select(f => metadata.GetConstant(f.GetDefaultValue()))
            .Select(c => Encoding.Unicode.GetString(metadata.GetBlobBytes(c.Value)));

    private static byte[] Unpacked(byte[] bundle)
    {
        // 1. The launcher has the place of the list of files in front of a mark.
        var mark = bundle.AsSpan().IndexOf(SHA256.HashData(".net core bundle\n"u8));
        Assert.True(mark > 0, "the CLI is no single file any more");
        using var reader = new BinaryReader(new MemoryStream(bundle), Encoding.UTF8);
        reader.BaseStream.Position = BitConverter.ToInt64(bundle, mark - sizeof(long));
        Assert.Equal(6u, reader.ReadUInt32());
        reader.ReadUInt32();
        var files = reader.ReadInt32();
        reader.ReadString();

        // 2. Places and sizes of two files, and flags, are of no use here.
        reader.BaseStream.Position += 5 * sizeof(long);
        for (var n = 0; n < files; n++)
        {
            var (offset, size, compressed) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
            reader.ReadByte();
            if (reader.ReadString() == Library)
            {
                using var packed = new MemoryStream(bundle, (int)offset, (int)(compressed == 0 ? size : compressed));
                using var whole = new MemoryStream();
                (compressed == 0 ? packed : (Stream)new DeflateStream(packed, CompressionMode.Decompress)).CopyTo(whole);
                return whole.ToArray();
            }
        }

        throw new InvalidOperationException($"There is no {Library} in the CLI.");
    }
}
