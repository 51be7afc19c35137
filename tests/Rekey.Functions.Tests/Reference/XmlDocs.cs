using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Rekey.Functions.Tests.Reference;

/// <summary>What the XML documentation beside the assemblies says, as Markdown.</summary>
internal static partial class XmlDocs
{
    private static readonly Dictionary<string, XElement> Members = Directory
        .EnumerateFiles(AppContext.BaseDirectory, "Rekey*.xml")
        .SelectMany(file => XDocument.Load(file).Descendants("member"))
        .DistinctBy(m => m.Attribute("name")!.Value)
        .ToDictionary(m => m.Attribute("name")!.Value, StringComparer.Ordinal);

    /// <summary>Summary and remarks of a property, of a constant, or of a positional record's parameter; null when there are
    /// none.</summary>
    public static string? Of(MemberInfo member)
    {
        var type = member.DeclaringType!;
        var kind = member is PropertyInfo ? 'P' : 'F';
        return Text($"{kind}:{NameOf(type)}.{member.Name}")
            ?? (
                Members
                    .GetValueOrDefault($"T:{NameOf(type)}")
                    ?.Elements("param")
                    .FirstOrDefault(p => p.Attribute("name")?.Value == member.Name)
                    is { } parameter
                    ? Markdown(parameter)
                    : null
            );
    }

    /// <summary>Summary of a type; null when there is none.</summary>
    public static string? Of(Type type) => Text($"T:{NameOf(type)}");

    private static string NameOf(Type type) =>
        (type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string? Text(string member)
    {
        if (!Members.TryGetValue(member, out var found))
        {
            return null;
        }

        var parts = new[] { found.Element("summary"), found.Element("remarks") }
            .OfType<XElement>()
            .Select(Markdown)
            .Where(t => t.Length > 0);
        return string.Join(' ', parts) is { Length: > 0 } text ? text : null;
    }

    private static string Markdown(XElement element) => Space().Replace(string.Concat(element.Nodes().Select(Markdown)), " ").Trim();

    private static string Markdown(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement e when (e.Attribute("cref") ?? e.Attribute("name") ?? e.Attribute("langword")) is { } named =>
                $"`{Last().Match(named.Value).Value}`",
            XElement e => Markdown(e),
            _ => "",
        };

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Space();

    /// <summary>The last part of a name in the documentation, without the parameters of a method.</summary>
    [GeneratedRegex(@"\w+(?=(?:\(.*\))?$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Last();
}
