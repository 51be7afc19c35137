using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Publishing;

/// <summary>The page about the template says what the template says.</summary>
public sealed class TemplateReferenceTests
{
    private static readonly string Page = Path.Combine(Bicep.Repository, "docs", "reference", "template.md");

    [Fact]
    public async Task The_page_is_as_the_descriptions_are()
    {
        var written = await TemplateReference.WriteAsync();
        if (Environment.GetEnvironmentVariable("REKEY_WRITE_DOCS") is "1")
        {
            await File.WriteAllTextAsync(Page, written, TestContext.Current.CancellationToken);
        }

        var there = File.Exists(Page) ? await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken) : "";
        Assert.True(there == written, "docs/reference/template.md is not as infra is: run this class with REKEY_WRITE_DOCS=1.");
    }

    [Fact]
    public async Task Every_module_has_its_section()
    {
        var page = await TemplateReference.WriteAsync();
        var modules = Directory
            .GetFiles(Path.Combine(Bicep.Infra, "modules"), "*.bicep")
            .Where(f => File.ReadLines(f).Any(l => l.StartsWith("resource ", StringComparison.Ordinal)))
            .Select(f => $"modules/{Path.GetFileName(f)}")
            .ToList();
        Assert.True(modules.Count > 20, "the modules were not found");
        Assert.All(modules, m => Assert.Contains($"\n### {m}\n", page, StringComparison.Ordinal));
    }
}
