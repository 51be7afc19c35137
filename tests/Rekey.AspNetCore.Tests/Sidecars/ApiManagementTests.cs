using System.Xml.Linq;

namespace Rekey.AspNetCore.Tests.Sidecars;

/// <summary>The example of docs/gateways for Azure API Management is well-formed XML of the elements that its policies have.</summary>
public sealed class ApiManagementTests
{
    /// <summary>Elements of the policies that the example may use, with their attributes.</summary>
    private static readonly Dictionary<string, string[]> Elements = new(StringComparer.Ordinal)
    {
        ["policies"] = [],
        ["inbound"] = [],
        ["backend"] = [],
        ["outbound"] = [],
        ["on-error"] = [],
        ["base"] = [],
        ["set-variable"] = ["name", "value"],
        ["choose"] = [],
        ["when"] = ["condition"],
        ["return-response"] = [],
        ["set-status"] = ["code", "reason"],
        ["set-header"] = ["name", "exists-action"],
        ["value"] = [],
        ["send-request"] = ["mode", "response-variable-name", "timeout", "ignore-error"],
        ["set-url"] = [],
        ["set-method"] = [],
        ["set-body"] = [],
    };

    [Fact]
    public void The_policy_has_known_elements_and_lets_nobody_in_without_an_answer()
    {
        var policies = XDocument.Load(Path.Combine(NginxTests.Root, "docs/gateways/api-management.xml")).Root!;
        Assert.Equal(["inbound", "backend", "outbound", "on-error"], policies.Elements().Select(e => e.Name.LocalName));
        foreach (var element in policies.DescendantsAndSelf())
        {
            Assert.Equal(
                Elements[element.Name.LocalName].Order(StringComparer.Ordinal),
                element.Attributes().Select(a => a.Name.LocalName).Order(StringComparer.Ordinal)
            );
        }

        // Policies run in this order: no token, the question, and its answer.
        var inbound = policies.Element("inbound")!;
        Assert.Equal(
            ["base", "set-variable", "choose", "send-request", "set-variable", "choose"],
            inbound.Elements().Select(e => e.Name.LocalName)
        );
        Assert.Equal("{{rekey-address}}/introspect", inbound.Element("send-request")!.Element("set-url")!.Value);
        Assert.All(inbound.Descendants("set-status"), s => Assert.Equal("401", (string?)s.Attribute("code")));
        Assert.Equal(
            ["Bearer", "Bearer error=\"invalid_token\""],
            inbound.Descendants("return-response").Descendants("value").Select(v => v.Value)
        );

        // Expressions are whole: brackets and quotes are paired.
        foreach (
            var text in policies
                .DescendantsAndSelf()
                .SelectMany(e => e.Attributes().Select(a => a.Value).Append(e.HasElements ? "" : e.Value))
                .Where(t => t.StartsWith('@'))
        )
        {
            Assert.Equal(text.Count(c => c == '('), text.Count(c => c == ')'));
            Assert.Equal(text.Count(c => c == '{'), text.Count(c => c == '}'));
            Assert.Equal(0, text.Count(c => c == '"') % 2);
        }
    }
}
