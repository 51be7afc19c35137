using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Publishing;

/// <summary>The pages about the template say what the template says.</summary>
public sealed class TemplateReferenceTests
{
    /// <summary>So many that a person reads them all. What belongs together is one of them, with members.</summary>
    private const int FewParameters = 20;

    private static readonly string Folder = Path.Combine(Bicep.Repository, "docs", "reference");

    [Fact]
    public async Task The_pages_are_as_the_descriptions_are()
    {
        var written = await TemplateReference.WriteAsync();
        if (Environment.GetEnvironmentVariable("REKEY_WRITE_DOCS") is "1")
        {
            foreach (var (path, text) in written)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, path))!);
                await File.WriteAllTextAsync(Path.Combine(Folder, path), text, TestContext.Current.CancellationToken);
            }
        }

        foreach (var (path, text) in written)
        {
            var file = Path.Combine(Folder, path);
            var there = File.Exists(file) ? await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) : "";
            Assert.True(there == text, $"docs/reference/{path} is not as infra is: run this class with REKEY_WRITE_DOCS=1.");
        }

        var pages = Directory.GetFiles(Path.Combine(Folder, "modules"), "*.md").Select(f => $"modules/{Path.GetFileName(f)}");
        Assert.Empty(pages.Except(written.Keys, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_module_has_its_page()
    {
        var pages = await TemplateReference.WriteAsync();
        var modules = Directory
            .GetFiles(Path.Combine(Bicep.Infra, "modules"), "*.bicep")
            .Where(f => File.ReadLines(f).Any(l => l.StartsWith("resource ", StringComparison.Ordinal)))
            .Select(f => $"modules/{Path.GetFileName(f)}")
            .ToList();
        Assert.True(modules.Count > 20, "the modules were not found");
        Assert.All(modules, m =>
        {
            Assert.Contains(TemplateReference.PageOf(m), pages.Keys);
            Assert.Contains($"| [{m}]({TemplateReference.PageOf(m)}) | ", pages["template.md"], StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Parameters_are_few_and_each_of_them_is_described_with_all_its_members()
    {
        var template = await CompiledTemplate.ReadAsync();
        Assert.InRange(template["parameters"]!.AsObject().Count, 10, FewParameters);
        Assert.Empty(TemplateReference.Undescribed(template));
    }
}
