namespace Rekey.Functions.Tests.Reference;

/// <summary>docs/reference/settings.md has every setting as the code has it.</summary>
public sealed class SettingsReferenceTests
{
    [Fact]
    public void The_page_says_of_every_setting_what_the_code_says() =>
        ReferencePage.HoldPart("settings.md", "settings", SettingsPage.Table());
}
