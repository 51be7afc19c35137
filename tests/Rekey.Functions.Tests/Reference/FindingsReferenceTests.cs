namespace Rekey.Functions.Tests.Reference;

/// <summary>docs/reference/findings.md has every kind of finding as the code raises it.</summary>
public sealed class FindingsReferenceTests
{
    [Fact]
    public void The_page_says_of_every_finding_what_the_code_says() =>
        ReferencePage.HoldPart("findings.md", "findings", FindingsPage.OfOthers());

    [Fact]
    public void The_page_says_of_every_finding_about_a_vault_what_the_code_says() =>
        ReferencePage.HoldPart("findings.md", "vaults", FindingsPage.OfVaults());

    [Fact]
    public void No_finding_has_a_kind_that_is_not_in_the_list() => Assert.Empty(FindingsPage.Unnamed());
}
