using TransformerByHand.Course.Pages;

namespace TransformerByHand.Course.Tests.Pages;

public sealed class MarkdownRendererTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    private string Render(string markdown)
    {
        string notebooks = Directory.CreateDirectory(Path.Combine(_folder.FullName, "notebooks")).FullName;
        string pages = Path.Combine(_folder.FullName, "out");
        return new MarkdownRenderer(notebooks, pages, notebook => notebook.Contains("not-run") ? null : Path.Combine(pages, Lesson.At(notebook).Label + ".html")).ToHtml(markdown);
    }

    private void Put(string path, string content)
    {
        string full = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    [Fact]
    public void Formulas_become_elements_that_the_page_typesets()
    {
        Render("The mean $\\mu$.").ShouldContain("<span class=\"math\">\\(\\mu\\)</span>");
        Render("$$\\mu = 1$$").ShouldContain("class=\"math display\"", customMessage: "two dollars mean a line of its own");
    }

    [Fact]
    public void Text_inside_a_formula_is_not_read_as_markdown() =>
        Render("$a_1 * b_2 * c$").ShouldNotContain("<em>");

    [Fact]
    public void A_picture_of_the_repository_travels_inside_the_page()
    {
        Put("images/layer.svg", "<svg/>");
        Render("![a layer](../images/layer.svg)").ShouldContain("src=\"data:image/svg+xml;base64,PHN2Zy8+\"");
    }

    [Fact]
    public void A_link_to_another_lesson_leads_to_its_page()
    {
        Put("notebooks/01-layernorm.ipynb", "{}");
        Render("[next](01-layernorm.ipynb#recap)").ShouldContain("href=\"01-layernorm.html#recap\"");
    }

    [Fact]
    public void A_link_to_a_laboratory_leads_to_its_page_and_to_the_notebook_where_it_has_none()
    {
        Put("notebooks/labs/01-layernorm.ipynb", "{}");
        Put("notebooks/labs/02-not-run.ipynb", "{}");
        Render("[more](labs/01-layernorm.ipynb)").ShouldContain("href=\"labs/01-layernorm.html\"");
        Render("[more](labs/02-not-run.ipynb)").ShouldContain("href=\"../notebooks/labs/02-not-run.ipynb\"");
    }

    [Fact]
    public void A_link_to_another_file_leads_to_the_file_from_where_the_page_lies()
    {
        Put("README.md", "");
        Render("[readme](../README.md)").ShouldContain("href=\"../README.md\"");
    }

    [Fact]
    public void A_link_to_the_world_stays_as_it_is() =>
        Render("[paper](https://arxiv.org/abs/1607.06450)").ShouldContain("href=\"https://arxiv.org/abs/1607.06450\"");
}
